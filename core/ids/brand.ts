/**
 * A nominal string type. Ids are parsed once at the edge and travel inwards as
 * brands, so that a user id can never be passed where a room id is meant.
 */
declare const brand: unique symbol;
export type Brand<Name extends string> = string & { readonly [brand]: Name };
