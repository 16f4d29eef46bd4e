// The API reference among the browser's files: /openapi.json, and the renderer that /docs draws it with.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const RENDERER = ['swagger-ui-bundle.js', 'swagger-ui.css', 'LICENSE', 'NOTICE'] as const

export async function writeReference(root: string, folder: string): Promise<void> {
  // Loaded here: a start that finds its build made needs none of the schemas.
  const { openapiText } = await import('../openapi/document.ts')
  writeFileSync(join(folder, 'openapi.json'), openapiText())
  const docs = join(folder, 'docs')
  mkdirSync(docs, { recursive: true })
  for (const name of RENDERER)
    copyFileSync(join(root, 'node_modules/swagger-ui-dist', name), join(docs, licensed(name)))
}

/** A file without an ending would be taken for a page. */
const licensed = (name: string): string => (name.includes('.') ? name : `swagger-ui.${name}.txt`)
