import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { openApiDocument } from '../../../src/adapters/http/openapi/document.ts';

/** A request as a client sends it. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface HeaderObject {
  readonly required: boolean;
}

interface ResponseObject {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, HeaderObject>>;
  readonly content?: Readonly<Record<string, unknown>>;
}

type Paths = Readonly<
  Record<string, Readonly<Record<string, { readonly responses?: Record<string, ResponseObject> }>>>
>;

const methods = ['get', 'head', 'post', 'options'];
const otherwise = '#/components/responses/AnyRequest';

/**
 * Checks answers against the OpenAPI document that the server itself gave, and keeps which parts of it were seen: each
 * operation with each of its statuses, and each kind of problem that the operation can answer.
 */
export class ApiContract {
  readonly seen = new Set<string>();
  readonly #document: typeof openApiDocument;
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(document: typeof openApiDocument = openApiDocument) {
    this.#document = document;
    formats.default(this.#ajv);
    this.#ajv.addSchema(document, 'api');
  }

  /** Everything that the document says can be answered. */
  get all(): ReadonlySet<string> {
    const all = new Set<string>();
    for (const [path, method, responses] of this.#operations()) {
      for (const [status, { $ref, content }] of Object.entries(responses)) {
        if ($ref !== undefined) continue;
        const kinds = kindsIn(content);
        if (kinds.length === 0) all.add(`${method} ${path} ${status}`);
        for (const kind of kinds) all.add(this.#nameOf(`${method} ${path} ${status}`, kind));
      }
    }
    for (const kind of kindsIn(this.#anyRequest().content)) all.add(`any ${kind}`);
    return all;
  }

  /** @throws Error that says in what the answer is not what the document says. */
  check({ method, path }: ApiRequest, { status, headers, body }: ApiAnswer): void {
    const what = `${method} ${path} answered ${status} ${body}`;
    const place = this.#responseFor(method.toLowerCase(), new URL(path, 'http://localhost').pathname, status);
    for (const [name, { required }] of Object.entries(place.response.headers ?? {})) {
      const value = headers[name.toLowerCase()];
      if (value === undefined && required) throw new Error(`${what} without ${name}.`);
      if (value !== undefined) this.#validate(`${place.pointer}/headers/${name}/schema`, value, what);
    }
    const contentTypes = Object.keys(place.response.content ?? {});
    if (method === 'HEAD' || contentTypes.length === 0) {
      if (body !== '') throw new Error(`${what}, which has no content in the document.`);
      this.#see(place.name, undefined);
      return;
    }
    const contentType = headers['content-type'] ?? '';
    if (!contentTypes.includes(contentType)) throw new Error(`${what} as ${contentType}.`);
    const value = JSON.parse(body);
    this.#validate(`${place.pointer}/content/${escaped(contentType)}/schema`, value, what);
    this.#see(place.name, contentType === 'application/problem+json' ? value.type : undefined);
  }

  #see(name: string, type: string | undefined): void {
    this.seen.add(type === undefined ? name : this.#nameOf(name, type.replace(/^urn:.+:/, '')));
  }

  /** What any request can get need be seen once, whatever was asked for. */
  #nameOf = (place: string, kind: string): string =>
    kindsIn(this.#anyRequest().content).includes(kind) ? `any ${kind}` : `${place} ${kind}`;

  #responseFor(method: string, pathname: string, status: number) {
    const template = Object.keys(this.#paths()).find((path) => matcherOf(path).test(pathname)) ?? '';
    const response = this.#paths()[template]?.[method]?.responses?.[String(status)];
    if (response === undefined) return { response: this.#anyRequest(), pointer: otherwise, name: 'any' };
    const pointer = `#/paths/${escaped(template)}/${method}/responses/${status}`;
    return { response, pointer, name: `${method} ${template} ${status}` };
  }

  #validate(pointer: string, value: unknown, what: string): void {
    const validate: ValidateFunction | undefined = this.#ajv.getSchema(`api${encodeURI(pointer)}`);
    if (validate === undefined) throw new Error(`There is no schema at ${pointer}.`);
    if (!validate(value)) throw new Error(`${what}: ${this.#ajv.errorsText(validate.errors)}`);
  }

  *#operations(): Generator<readonly [string, string, Record<string, ResponseObject>]> {
    for (const [path, item] of Object.entries(this.#paths())) {
      for (const method of methods) {
        const responses = item[method]?.responses;
        if (responses !== undefined) yield [path, method, responses];
      }
    }
  }

  #paths = (): Paths => this.#document['paths'] as Paths;

  #anyRequest = (): ResponseObject =>
    (this.#document['components'] as { responses: { AnyRequest: ResponseObject } }).responses.AnyRequest;
}

const matcherOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll('.', String.raw`\.`).replace(/\{\w+\}/, '[^/]*')}$`);

/** Source: RFC 6901, section 3. */
const escaped = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1');

/** The kinds of problem that a response can be. */
function kindsIn(content: ResponseObject['content']): readonly string[] {
  const text = JSON.stringify(content?.['application/problem+json'] ?? {});
  return [...text.matchAll(/schemas\/([\w-]+)/g)].map(([, name = '']) => name);
}
