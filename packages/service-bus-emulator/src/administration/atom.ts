import { type Xml, xml } from './xml.ts';

/** The namespace of descriptions. */
export const serviceBusNamespace = 'http://schemas.microsoft.com/netservices/2010/10/servicebus/connect';
export const schemaInstance = 'http://www.w3.org/2001/XMLSchema-instance';
const atomNamespace = 'http://www.w3.org/2005/Atom';

/** One thing that is administered. */
export interface Entry {
  /** Such as `topic/Subscriptions/name`. */
  readonly path: string;
  readonly title: string;
  readonly description: Xml;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** `base` is where the client has found the emulator, such as `sb://localhost:5672/`. */
export const entryXml = (entry: Entry, base: string): Xml => entryElement(entry, base, { xmlns: atomNamespace });

/** A page of a list. `next` is the address of the next one, if there is one. */
export function feedXml(title: string, entries: readonly Entry[], base: string, next: string | undefined): Xml {
  const links = [link('self', base), ...(next === undefined ? [] : [link('next', next)])];
  const head = [xml('title', title, { type: 'text' }), xml('id', base), xml('updated', new Date().toISOString())];
  return xml('feed', [...head, ...links, ...entries.map((entry) => entryElement(entry, base))], {
    xmlns: atomNamespace,
  });
}

/** As the service tells what is wrong; clients show the detail. */
export const errorXml = (code: number, detail: string): Xml => xml('Error', [xml('Code', code), xml('Detail', detail)]);

function entryElement(entry: Entry, base: string, attributes = {}): Xml {
  const { path, title, description, createdAt, updatedAt } = entry;
  const id = `${base}${encodeURI(path)}`;
  const parts = [
    xml('id', id),
    xml('title', title, { type: 'text' }),
    xml('published', createdAt.toISOString()),
    xml('updated', updatedAt.toISOString()),
    xml('author', [xml('name', 'sbemulatorns')]),
    link('self', id),
    xml('content', [description], { type: 'application/xml' }),
  ];
  return xml('entry', parts, attributes);
}

const link = (rel: string, href: string): Xml => xml('link', [], { rel, href });
