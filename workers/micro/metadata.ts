// Reads single values out of a model file's metadata with the error a person can act on. Pure.
import { ModelFileError, type Gguf, type MetaValue } from './gguf.ts'

function describe(value: MetaValue | undefined): string {
  if (value === undefined) return 'missing'
  return Array.isArray(value) ? 'a list' : JSON.stringify(value)
}

export function readNumber(file: Gguf, key: string, fallback?: number): number {
  const value = file.metadata.get(key) ?? fallback
  if (typeof value !== 'number')
    throw new ModelFileError(`Metadata ${key} should be a number; it is ${describe(value)}.`)
  return value
}

/** A whole number from 1 up. */
export function readSize(file: Gguf, key: string, fallback?: number): number {
  const value = readNumber(file, key, fallback)
  if (!Number.isInteger(value) || value < 1)
    throw new ModelFileError(`Metadata ${key} should be a whole number from 1 up; it is ${value}.`)
  return value
}

export function readText(file: Gguf, key: string, fallback?: string): string {
  const value = file.metadata.get(key) ?? fallback
  if (typeof value !== 'string')
    throw new ModelFileError(`Metadata ${key} should be text; it is ${describe(value)}.`)
  return value
}

export function readFlag(file: Gguf, key: string, fallback: boolean): boolean {
  const value = file.metadata.get(key) ?? fallback
  if (typeof value !== 'boolean')
    throw new ModelFileError(`Metadata ${key} should be true or false; it is ${describe(value)}.`)
  return value
}

export function readTexts(file: Gguf, key: string): readonly string[] {
  const value = file.metadata.get(key)
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'string')) {
    throw new ModelFileError(`Metadata ${key} should be a list of texts; it is ${describe(value)}.`)
  }
  return value
}

export function readNumbers(file: Gguf, key: string): readonly number[] {
  const value = file.metadata.get(key)
  if (!Array.isArray(value) || !value.every((each) => typeof each === 'number')) {
    throw new ModelFileError(`Metadata ${key} should be a list of numbers; it is ${describe(value)}.`)
  }
  return value
}
