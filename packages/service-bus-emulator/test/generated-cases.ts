/** How many cases a generated test tries: few where somebody waits, many in the deep tests. */
export const generatedCases = ({ quick, deep }: { readonly quick: number; readonly deep: number }): number =>
  process.env['TEST_DEPTH'] === 'deep' ? deep : quick;
