export function isNoise(line: string): boolean
