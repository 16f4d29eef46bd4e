import type { Prepared } from './prepare.ts'

export function greeting(
  prepared: Pick<Prepared, 'address' | 'callHost' | 'environment' | 'isFirst'>,
  port: number,
): string
export function curl(base: string, key: string): string
