/** Every text of 1 to `longest` of the given characters. */
export function textsOver(characters: readonly string[], longest: number): readonly string[] {
  let texts: readonly string[] = [];
  let ofOneLength: readonly string[] = [''];
  for (let length = 1; length <= longest; length += 1) {
    ofOneLength = ofOneLength.flatMap((text) => characters.map((character) => text + character));
    texts = [...texts, ...ofOneLength];
  }
  return texts;
}
