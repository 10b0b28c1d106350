import type { Names } from './names.ts';

/** Where to listen: a name is looked up like any other, so that one that hangs fails in time. */
export async function placeOf<Place extends { readonly host: string }>(
  place: Place,
  names: Names,
): Promise<Place> {
  const [first] = await names.addresses(place.host, 0);
  return first ? { ...place, host: first.address } : place;
}
