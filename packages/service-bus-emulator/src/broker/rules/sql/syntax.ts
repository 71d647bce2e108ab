import type { PropertyValue, SystemPropertyName } from '../../message-properties.ts';

export type Comparison = '=' | '<>' | '>' | '>=' | '<' | '<=';
export type Arithmetic = '+' | '-' | '*' | '/' | '%';

export type Property =
  | { readonly kind: 'system'; readonly name: SystemPropertyName }
  /** `name` as it is written. */
  | { readonly kind: 'application'; readonly name: string };

/** What has a value. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: PropertyValue }
  | { readonly kind: 'parameter'; readonly name: string }
  | Property
  | { readonly kind: 'newid' }
  /** `property(name)`: the application property whose name is this value. */
  | { readonly kind: 'named'; readonly name: Expression }
  | { readonly kind: 'sign'; readonly operator: '+' | '-'; readonly operand: Expression }
  | {
      readonly kind: 'arithmetic';
      readonly operator: Arithmetic;
      readonly left: Expression;
      readonly right: Expression;
    };

/** What is true, false or unknown. */
export type Predicate =
  | { readonly kind: 'not'; readonly operand: Predicate }
  | { readonly kind: 'and' | 'or'; readonly left: Predicate; readonly right: Predicate }
  | {
      readonly kind: 'comparison';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'isNull'; readonly property: Property }
  | { readonly kind: 'in'; readonly operand: Expression; readonly list: readonly Expression[] }
  | {
      readonly kind: 'like';
      readonly operand: Expression;
      readonly pattern: Expression;
      readonly escape: Expression | undefined;
    }
  | { readonly kind: 'exists'; readonly property: Property };

export type Statement =
  | { readonly kind: 'set'; readonly property: Property; readonly value: Expression }
  | { readonly kind: 'remove'; readonly property: Property };
