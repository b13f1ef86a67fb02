// Loaded into each process before it starts (NODE_OPTIONS): SIGUSR2 makes it collect its garbage, so that what it
// holds is what lives. V8 does so by itself only when its heap has grown by more than is asked about here.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
process.on('SIGUSR2', () => collect());
