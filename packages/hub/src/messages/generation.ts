/** The two generations of the protocol: what was deployed before the standard, and the standard. */
export const GENERATIONS = ['0.x', '1.0'] as const;
export type Generation = (typeof GENERATIONS)[number];
