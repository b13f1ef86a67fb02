import { Router } from 'express';
import { absolutePath } from 'swagger-ui-dist';

import { Problem, problems } from './problem.ts';

const style = 'body{font:16px/1.6 system-ui,sans-serif;max-width:42rem;margin:3rem auto;padding:0 1rem;color:#1c2430}code{background:#eef1f5;padding:.1em .3em;border-radius:4px}a{color:#0b62c4}'; // prettier-ignore

const page = (title: string, body: string, head = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>${head}</head><body>${body}</body></html>`; // prettier-ignore

const reference = page(
  'Holdfast API',
  '<div id="reference"></div><script src="/docs/assets/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script>',
  '<link rel="stylesheet" href="/docs/assets/swagger-ui.css">',
);
const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', deepLinking: true, persistAuthorization: true });`;
// It does not say "paid": the payer may have failed, and whoever knows the address can open it.
const returned = page(
  'Thank you',
  `<style>${style}</style><h1>You may close this window</h1><p>The shop hears how your payment ended.</p>`,
);

// Everything comes from here: no other host sees a merchant's key typed into the page.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:";

/**
 * `/openapi.json`, the reference at `/docs`, a page for each error code at `/docs/errors/{code}`, and `/return`,
 * where a channel leads a payer whose merchant named no `return_url`.
 */
export function documentationRoutes(document: object): Router {
  const router = Router();
  router.get('/openapi.json', (_request, response) => void response.json(document));
  router.get(
    ['/docs', '/docs/errors', '/docs/errors/:code', '/docs/start.js', '/return'],
    (_request, response, next) => {
      response.set('Content-Security-Policy', policy);
      next();
    },
  );
  router.get('/docs', (_request, response) => void response.type('html').send(reference));
  router.get('/docs/start.js', (_request, response) => void response.type('js').send(start));
  router.get('/docs/assets/:file', (request, response, next) => {
    const files = ['swagger-ui-bundle.js', 'swagger-ui.css'];
    const file = files.find((name) => name === request.params.file);
    if (!file) throw new Problem('not_found', 'no such file');
    response.sendFile(file, { root: absolutePath(), maxAge: '1d' }, (error) => error && next(error));
  });
  router.get('/return', (_request, response) => void response.type('html').send(returned));
  router.get('/docs/errors', (_request, response) => void response.type('html').send(errorList()));
  router.get('/docs/errors/:code', (request, response) => {
    response.type('html').send(errorPage(request.params.code));
  });
  return router;
} // prettier-ignore

function errorList(): string {
  const items = Object.entries(problems).map(
    ([code, { status, title }]) => `<li><a href="/docs/errors/${code}"><code>${code}</code></a> (${status}): ${title}</li>`,
  ); // prettier-ignore
  return page('Errors', `<style>${style}</style><h1>Errors</h1><ul>${items.join('')}</ul>`);
}

function errorPage(code: string): string {
  const found = Object.entries(problems).find(([name]) => name === code);
  if (!found) throw new Problem('not_found', 'no such error code');
  const { title, status, category, retryable, remedy } = found[1];
  const again = retryable ? 'Repeating the request with the same Idempotency-Key may succeed.' : 'Repeating the same request gives the same answer.'; // prettier-ignore
  return page(
    code,
    `<style>${style}</style><p><a href="/docs/errors">All errors</a></p><h1><code>${code}</code></h1><p><strong>${title}.</strong> HTTP ${status}, category ${category}.</p><p>${remedy.replaceAll('`', '')}</p><p>${again}</p>`,
  );
}
