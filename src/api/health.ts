import { Router } from 'express';

import { hasWorker } from '../store/health.ts';
import type { Store } from '../store/store.ts';
import { handled } from './request.ts';

/** `/livez`: the process is up. `/readyz`: so is what it needs; what is missing is named. */
export function healthRoutes(store: Store, temporalAnswers: () => Promise<boolean>): Router {
  const router = Router();
  router.get('/livez', (_request, response) => {
    response.json({ live: true });
  });
  router.get(
    '/readyz',
    handled(async (_request, response) => {
      const no = () => false;
      const postgres = store.pool.query('select 1').then(() => true, no);
      const checks: [string, Promise<boolean>][] = [
        ['temporal', temporalAnswers().catch(no)],
        ['postgres', postgres],
        ['worker', postgres.then((up) => up && hasWorker(store.pool)).catch(no)],
      ];
      const results = await Promise.all(
        checks.map(async ([name, check]) => ((await check) ? [] : [name])),
      );
      const missing = results.flat();
      if (missing.length === 0) response.json({ ready: true });
      else response.status(503).json({ missing });
    }),
  );
  return router;
}
