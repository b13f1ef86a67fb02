/** A text as JSON, or that it is none: each channel refuses that in its own words. */
export function parsedJson(text: string): { readonly isJson: boolean; readonly value?: unknown } {
  try {
    return { isJson: true, value: JSON.parse(text) as unknown };
  } catch {
    return { isJson: false };
  }
}
