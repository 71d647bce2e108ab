/** A piece of a page. Only `html` makes one, so that whatever came from elsewhere is in it as text. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What may be put into a page: text is escaped, nothing is left out but `undefined` and `false`. */
export type Content = Html | readonly Html[] | string | number | undefined | false;

/** A template of HTML. What is put into it becomes text, or the value of an attribute in double quotes, whatever it says. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(parts.reduce((text, part, index) => text + textOf(contents[index - 1]) + part));
}

function textOf(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Html) return content.text;
  if (typeof content === 'string' || typeof content === 'number') return escaped(visible(String(content)));
  return content.map(({ text }) => text).join('');
}

/** Lines of text as they are, for `<pre>`. */
export const lines = (text: string): Html =>
  new Html(
    text
      .split('\n')
      .map((line) => escaped(visible(line)))
      .join('\n'),
  );

/** `text` with everything escaped that a browser would obey or hide instead of showing it: control characters, marks of direction. */
export const visible = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

const escaped = (text: string): string => text.replaceAll(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
