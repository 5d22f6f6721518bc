/** A point on the earth, in decimal degrees of WGS 84. */
export type Point = { latitude: number; longitude: number };

/** A box of degrees whose west is not beyond its east. */
export type Box = { west: number; south: number; east: number; north: number };

/** The mean radius of the earth in kilometres (IUGG). */
const RADIUS = 6371.0088;

const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** The distance of two points along a great circle, in kilometres, by the haversine formula. */
export function distance(one: Point, other: Point): number {
  const [from, to] = [radians(one.latitude), radians(other.latitude)];
  const half = Math.sin((to - from) / 2) ** 2 + Math.cos(from) * Math.cos(to) * Math.sin(radians(other.longitude - one.longitude) / 2) ** 2;
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** A little more than the rounding of the formulas, in degrees. */
const MARGIN = 1e-9;

/** The boxes that hold all points at most so many kilometres from another: one, or two where they cross the 180th meridian. */
export function boxesAround({ latitude, longitude }: Point, kilometres: number): Box[] {
  const angle = kilometres / RADIUS;
  const reach = (angle * 180) / Math.PI + MARGIN;
  const [south, north] = [Math.max(-90, latitude - reach), Math.min(90, latitude + reach)];
  // Near a pole, all meridians are within reach.
  if (latitude - reach <= -90 || latitude + reach >= 90) return [{ west: -180, south, east: 180, north }];
  const width = (Math.asin(Math.min(1, Math.sin(angle) / Math.cos(radians(latitude)))) * 180) / Math.PI + MARGIN;
  const [west, east] = [longitude - width, longitude + width];
  if (west < -180)
    return [
      { west: -180, south, east, north },
      { west: west + 360, south, east: 180, north },
    ];
  if (east > 180)
    return [
      { west, south, east: 180, north },
      { west: -180, south, east: east - 360, north },
    ];
  return [{ west, south, east, north }];
}
