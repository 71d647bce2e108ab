/** Where a .NET GUID has each byte of a UUID, whose first three groups are little-endian. Its own inverse. */
const guidOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];

const reordered = (bytes: Buffer): Buffer => Buffer.from(guidOrder.map((place) => bytes[place] ?? 0));

/** A delivery's tag is its lock token in the byte order of a .NET GUID. */
export const deliveryTagOf = (lockToken: string): Buffer => reordered(uuidBytes(lockToken));
export const lockTokenOf = (deliveryTag: Buffer): string => uuidText(reordered(deliveryTag));

/** A lock token in the body of a `$management` request or reply is an AMQP uuid, in the usual byte order. */
export const uuidBytes = (lockToken: string): Buffer => Buffer.from(lockToken.replaceAll('-', ''), 'hex');
export const uuidText = (bytes: Buffer): string =>
  bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
