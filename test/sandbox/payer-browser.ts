/** A payer's browser, which follows no redirect: what it was shown, and where its buttons lead. */
export async function browse(url: string, init: RequestInit = {}) {
  const response = await fetch(url, { redirect: 'manual', ...init });
  const html = await response.text();
  const buttons = [...html.matchAll(/action="([^"]+)"><button>(\w+)</g)];
  return {
    status: response.status,
    html,
    location: response.headers.get('location'),
    buttons: Object.fromEntries(
      buttons.map(([, path, name]) => [name, path!.replaceAll('&#38;', '&')]),
    ),
  };
}
