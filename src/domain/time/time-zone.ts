import { memo } from '../caches/memo.ts';
import { nearest } from '../text/nearest.ts';

const verdicts = memo<boolean>(1024);

/**
 * Returns whether a text is the name of an IANA time zone, or of a link to one, that the platform knows. Offsets are not: a zone says which offset
 * holds on a day.
 */
export const isTimeZone = (name: string): boolean => verdicts(name, () => isPlace(name) && isKnown(name));

/** The three-letter names that IANA has. ICU knows others, of which some mean another zone than most writers do: IST, BST, CST. */
const SHORT_NAMES = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '));

/** Returns false for offsets and for names of ICU that IANA does not have. */
const isPlace = (name: string): boolean =>
  /^[A-Za-z]/.test(name) && !/^SystemV\//i.test(name) && (name.length !== 3 || SHORT_NAMES.has(name.toUpperCase()));

function isKnown(name: string): boolean {
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

const faults = memo<string>(256);

/** The reason why a text is not the name of a time zone, with the nearest names. */
export const timeZoneFault = (text: string): string => faults(text, () => faultOf(text));

function faultOf(text: string): string {
  const fixed = fixedZoneOf(text);
  if (fixed !== undefined) return `is an offset: give the zone of the place, such as "Asia/Tashkent"${fixed && `, or "${fixed}"`}`;
  const found = nearestZones(text);
  const advice = found.length > 0 ? `did you mean ${found.join(' or ')}?` : 'give the IANA name of the place, such as "Asia/Tashkent"';
  return `is not a time zone: ${advice}`;
}

const OFFSET = /^(?:UTC|GMT)? ?([+-])([0-9]{1,2})(?::?([0-9]{2}))?$/i;

/** The zone of a fixed offset, whose sign is the opposite (Etc/GMT-5 is UTC+5); empty where there is none, undefined for what is not an offset. */
function fixedZoneOf(text: string): string | undefined {
  const [, sign, hours, minutes = '00'] = OFFSET.exec(text) ?? [];
  if (hours === undefined) return undefined;
  const zone = `Etc/GMT${sign === '+' ? '-' : '+'}${Number(hours)}`;
  return minutes === '00' && isTimeZone(zone) ? zone : '';
}

/** Abbreviations, which zones share. */
const ABBREVIATION = /^[A-Z]{1,5}$/;

const ZONES = Intl.supportedValuesOf('timeZone');
const ZONE_OF_CITY = new Map(ZONES.map((zone) => [zone.slice(zone.lastIndexOf('/') + 1), zone]));

/** The zones whose names, or else whose cities, are nearest to a text. */
function nearestZones(text: string): string[] {
  if (ABBREVIATION.test(text)) return [];
  const named = nearest(text, ZONES);
  if (named.length > 0) return named;
  const city = text.slice(text.lastIndexOf('/') + 1).replaceAll(' ', '_');
  const cities = nearest(city, ZONE_OF_CITY.keys()).filter((each) => each[0] === city[0]?.toUpperCase());
  return cities.map((each) => ZONE_OF_CITY.get(each)!);
}
