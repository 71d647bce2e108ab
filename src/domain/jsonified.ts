/** A value that JSON loses or turns into another: a result that has one is refused. */
export interface NotKeptByJson<Value> {
  readonly 'JSON does not keep this': Value;
}

type Lost =
  | ReadonlyMap<unknown, unknown>
  | ReadonlySet<unknown>
  | WeakMap<WeakKey, unknown>
  | WeakSet<WeakKey>
  | Error
  | RegExp
  | PromiseLike<unknown>
  | ArrayBuffer
  | bigint
  | symbol
  | ((...args: never[]) => unknown);

/** What a `Value` is after it was written as JSON and read again: a Date is its text, an object has no methods. */
export type Jsonified<Value> = unknown extends Value
  ? Value
  : Value extends string | number | boolean | null | undefined
    ? Value
    : Value extends ArrayBufferView // before toJSON, which a Buffer has
      ? NotKeptByJson<Value>
      : Value extends { toJSON(key?: never): infer Written }
        ? Jsonified<Written>
        : Value extends Lost
          ? NotKeptByJson<Value>
          : Value extends readonly unknown[]
            ? { [Index in keyof Value]: Jsonified<Value[Index]> }
            : Value extends object
              ? { [Name in keyof Value as Kept<Name, Value[Name]>]: Jsonified<Value[Name]> }
              : undefined;

/** Members without text names are left out, and so are methods. */
type Kept<Name, Member> = Name extends symbol ? never : Member extends (...args: never[]) => unknown ? never : Name;
