import type { Page } from './serve.ts';

/** A page that a payer's browser shows. */
export function pageOf(title: string, status: number, content: string): Page {
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${content}</html>`;
  return { status, html };
}

/** A text that may hold anything, as it is shown in a page. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
