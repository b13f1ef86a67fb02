import { magicAmounts } from './scenario.ts';
import type { Page } from './serve.ts';
import { printed, testCards } from './test-card.ts';

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:0 auto;padding:0 1rem 2rem}
details{margin:0 -1rem;padding:.5rem 1rem;background:#fff4d6;color:#4a3500}
table{border-collapse:collapse;margin:.5rem 0}th,td{padding:.1rem 1rem .1rem 0;text-align:left;font-weight:400;vertical-align:top}
th{white-space:nowrap;font-variant-numeric:tabular-nums}label{display:block;margin:.75rem 0}input{display:block;font:inherit;padding:.4rem;width:16rem;max-width:100%}
button{font:inherit;padding:.4rem 1.2rem;margin-top:.5rem}[role=alert]{color:#a00}`;

/** A page that a payer's browser shows, under the bar that says that it is a game. */
export function pageOf(title: string, status: number, content: string): Page {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>${style}</style>${bar()}<h1>${title}</h1>${content}</html>`;
  return { status, html };
}

/** What a merchant may try, one click away wherever his payers are. */
function bar(): string {
  const cards = testCards.map((card) => [printed(card), card.result] as const);
  const amounts = magicAmounts.map(({ digits, result }) => [`…${digits}`, result] as const);
  return `<details><summary>Sandbox, no money moves: test cards and amounts</summary>${table('Card', cards)}${table('Amount, not by card, at an account with magic amounts', amounts)}</details>`;
}

function table(caption: string, rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(
    ([what, result]) => `<tr><th scope="row">${what}</th><td>${escaped(result)}</td></tr>`,
  );
  return `<table><caption>${caption}</caption>${lines.join('')}</table>`;
}

/** A text that may hold anything, as it is shown in a page. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
