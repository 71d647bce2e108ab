/** A member of a JSON object: its name, and the JSON text of its value. */
export type JsonMember = readonly [name: string, text: string];

/** The members of `text`, which is valid JSON of an object, in their order. A name that it has twice comes twice. */
export function jsonMembers(text: string): readonly JsonMember[] {
  const members: JsonMember[] = [];
  let depth = 0;
  let name = '';
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        if (depth === 1 && start === 0) name = JSON.parse(text.slice(at, end + 1));
        at = end;
        break;
      }
      case ':':
        if (depth === 1) start = at + 1;
        break;
      case '{':
      case '[':
        depth += 1;
        break;
      case '}':
      case ']':
        depth -= 1;
        if (depth === 0 && start > 0) members.push([name, text.slice(start, at).trim()]);
        break;
      case ',':
        if (depth === 1) {
          members.push([name, text.slice(start, at).trim()]);
          start = 0;
        }
        break;
    }
  }
  return members;
}

/** Where the string ends that starts at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** A quotation mark after an odd number of backslashes belongs to the string. */
function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}
