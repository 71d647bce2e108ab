/** An answer as hosts read it. */
export type ApiResponse = Response | TextResponse;

/**
 * An answer that is a text. It makes no stream and no Headers as long as nobody asks for them: those of a Response cost a host
 * as much as all rules of a request.
 */
export class TextResponse {
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

  async text(): Promise<string> {
    return this.content;
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.toResponse().arrayBuffer();
  }

  /** The same as a web-standard one. */
  toResponse(): Response {
    return new Response(this.content, { status: this.status, headers: this.plainHeaders });
  }
}
