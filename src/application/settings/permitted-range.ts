/**
 * The range around `anchor` in which every value is permitted, within `least` and `most`, in steps of `step`. It asks
 * about few values, so the permitted ones must have no gaps. Undefined if `anchor` itself is not permitted.
 */
export function permittedRange(
  {
    least,
    most,
    anchor,
    step,
  }: { readonly least: number; readonly most: number; readonly anchor: number; readonly step: number },
  isPermitted: (value: number) => boolean,
): { readonly least: number; readonly most: number } | undefined {
  if (!isPermitted(anchor)) return undefined;
  const outermost = (limit: number): number => {
    let [good, bad] = [0, Math.ceil(Math.abs(limit - anchor) / step) + 1];
    const at = (steps: number) =>
      limit < anchor ? Math.max(limit, anchor - steps * step) : Math.min(limit, anchor + steps * step);
    while (bad - good > 1) {
      const middle = Math.floor((good + bad) / 2);
      if (isPermitted(at(middle))) good = middle;
      else bad = middle;
    }
    return at(good);
  };
  return { least: outermost(least), most: outermost(most) };
}
