import { XmlElement as ParsedElement, parseXml } from '@rgrove/parse-xml';

/** An element as it was read. Names are without their prefixes: two clients rarely choose the same ones. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

/** Throws if the text is not XML. */
export function readXml(text: string): XmlElement {
  const { root } = parseXml(text.replace(/^\uFEFF/, ''));
  if (root === null) throw new Error('There is no element');
  return readElement(root);
}

export const childOf = (element: XmlElement | undefined, name: string): XmlElement | undefined =>
  element?.children.find((child) => child.name === name);

function readElement(element: ParsedElement): XmlElement {
  const attributes = Object.entries(element.attributes).map(([name, value]) => [withoutPrefix(name), value] as const);
  const children = element.children.filter((child) => child instanceof ParsedElement).map(readElement);
  return { name: withoutPrefix(element.name), attributes: new Map(attributes), children, text: element.text };
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);

/** XML that is ready to be written. */
export type Xml = string & { readonly isXml: true };

type Attributes = Readonly<Record<string, string>>;

/** An element with text, or with elements. */
export function xml(
  name: string,
  content: string | number | boolean | readonly Xml[] = [],
  attributes: Attributes = {},
): Xml {
  const within = Array.isArray(content) ? content.join('') : escaped(String(content));
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  return `<${name}${written.join('')}>${within}</${name}>` as Xml;
}

/** An element that was read, as it would be written: without its prefixes. */
export const rewritten = ({ name, children, text }: XmlElement): Xml =>
  xml(name, children.length > 0 ? children.map(rewritten) : text);

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** A control character other than tab and line ends has no place in XML, escaped or not. */
const escaped = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  text.replace(/[&<>"]/g, (each) => entities[each] ?? each).replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, '\uFFFD');
