/** One request as it goes over the wire; the adapter has signed exactly these bytes. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What comes is a file about many orders: it may be large, and is read as it comes and not kept. */
  readonly is_file?: true;
}

/** What came back: a reply, or the certainty that nothing left (`never_sent`), or neither (`lost`). Header names are lower case. */
export type HttpReply =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
      /** In place of the text, where a file was asked for. */
      readonly file?: Buffer;
    }
  | { readonly kind: 'never_sent'; readonly detail: string }
  | { readonly kind: 'lost'; readonly detail: string };

/**
 * Sends one request; whatever the network does is a value. It rejects only when the send fence could not be
 * asked, and then nothing left. The caller of the adapter owns timeout, fence and the redacted log of exchanges.
 */
export type Send = (request: HttpRequest) => Promise<HttpReply>;
