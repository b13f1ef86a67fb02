import { isPublicAddress, refusalOfTarget } from '../../src/domain/egress.ts';

const refusal = (url: string, ...allow: string[]) => refusalOfTarget(new URL(url), allow);

test.each([
  'https://shop.example/hook', 'https://shop.example:8443/hook?a=1', 'https://93.184.216.34/', 'https://例え.jp/hook',
  'https://[2606:4700:4700::1111]/', 'https://shop.example./hook',
])('%s is a public target', (url) => {
  expect(refusal(url)).toBeNull();
}); // prettier-ignore

describe('refused', () => {
  test.each([
    'https://127.0.0.1/', 'https://127.1/', 'https://2130706433/', 'https://0x7f.0.0.1/', 'https://0177.0.0.1/',
    'https://127.0.0.1./', 'https://0.0.0.0/', 'https://10.0.0.8/', 'https://172.16.0.1/', 'https://172.31.255.255/',
    'https://192.168.1.1/', 'https://169.254.169.254/latest/meta-data', 'https://100.64.0.1/', 'https://224.0.0.1/',
    'https://255.255.255.255/', 'https://198.18.0.1/', 'https://[::1]/', 'https://[::]/', 'https://[fc00::1]/',
    'https://[fd12::1]/', 'https://[fe80::1]/', 'https://[::ffff:127.0.0.1]/', 'https://[::ffff:a00:1]/',
    'https://[64:ff9b::7f00:1]/', 'https://[2002:7f00:1::]/', 'https://[2001:0:7f00:1::]/', 'https://[ff02::1]/',
  ])('%s, a private or loopback address', (url) => {
    expect(refusal(url)).toBe('a private or loopback address');
  }); // prettier-ignore

  test.each(['localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'db', 'nas.local', 'api.internal', 'x.home.arpa'])(
    'the name %s',
    (host) => {
      expect(refusal(`https://${host}/`)).toBe('a name of a private network');
    },
  ); // prettier-ignore

  test.each([
    ['http://shop.example/hook', 'not https'],
    ['https://user:word@shop.example/', 'credentials in the URL'],
    ['https://user@shop.example/', 'credentials in the URL'],
  ])('%s: %s', (url, why) => {
    expect(refusal(url)).toBe(why);
  });
});

describe('EGRESS_ALLOW', () => {
  test.each([
    ['http://127.0.0.1:9000/hook', '127.0.0.1:9000'],
    ['http://127.0.0.1:9000/hook', '127.0.0.1:*'],
    ['https://localhost/hook', 'localhost:443'],
    ['http://localhost/hook', 'localhost:80'],
    ['http://LOCALHOST.:81/hook', 'localhost:81'],
    ['http://[::1]:9000/hook', '[::1]:9000'],
  ])('opens %s by %s', (url, entry) => {
    expect(refusal(url)).not.toBeNull();
    expect(refusal(url, 'other:1', entry)).toBeNull();
  });

  test.each([
    ['http://127.0.0.1:9001/', '127.0.0.1:9000'],
    ['http://127.0.0.2:9000/', '127.0.0.1:*'],
    ['http://x.localhost:9000/', 'localhost:*'],
    ['http://user:word@localhost:9000/', 'localhost:*'],
  ])('leaves %s shut beside %s', (url, entry) => {
    expect(refusal(url, entry)).not.toBeNull();
  });
});

test.each(['8.8.8.8', '172.32.0.1', '172.15.0.1', '100.128.0.1', '11.0.0.0', '2a00:1450:4001::8', '2001:4860:4860::8888'])(
  '%s is of the public internet',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
); // prettier-ignore

test.each(['fe80::1%eth0', '::ffff:8.8.8.8', 'nonsense:', '::7f00:1'])(
  '%s is not surely of the public internet, so it is none',
  (address) => {
    expect(isPublicAddress(address)).toBe(false);
  },
);
