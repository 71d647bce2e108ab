/** What hosts read of an answer. A web-standard Response is one. */
export type ApiResponse = Pick<Response, 'status' | 'headers' | 'body' | 'text' | 'json' | 'arrayBuffer'>;

/**
 * An answer that is a text. It makes no stream and no Headers as long as nobody asks for them: those of a Response cost a host
 * as much as all rules of a request.
 */
export class TextResponse implements ApiResponse {
  readonly status: number;
  readonly content: string;
  /** By lower-case name. */
  readonly plainHeaders: Readonly<Record<string, string>>;

  constructor(status: number, content: string, headers: Readonly<Record<string, string>>) {
    this.status = status;
    this.content = content;
    this.plainHeaders = headers;
  }

  get headers(): Headers {
    return new Headers(this.plainHeaders);
  }

  get body(): Response['body'] {
    return new Response(this.content).body;
  }

  async text(): Promise<string> {
    return this.content;
  }

  async json(): Promise<unknown> {
    return JSON.parse(this.content);
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return new Response(this.content).arrayBuffer();
  }
}
