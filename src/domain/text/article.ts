/** An English noun with its indefinite article, by its first letter: "an event", "a place". */
export const withArticle = (noun: string): string => `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`;
