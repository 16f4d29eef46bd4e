// The document of the API as a judge of real requests and replies.
import { Ajv2020 } from 'ajv/dist/2020.js'
import { openapi } from '../../tools/openapi/document.ts'

/** What is wrong with a value by a component's schema; an empty list where nothing is. */
export type Judge = (component: string, value: unknown) => string[]

const DOCUMENT = 'https://minnow.test/openapi.json'

export function openJudge(): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false })
  ajv.addSchema({ $id: DOCUMENT, ...structuredClone(openapi()) })
  return (component, value) => {
    const validate = ajv.getSchema(`${DOCUMENT}#/components/schemas/${component}`)
    if (validate === undefined) return [`there is no ${component}`]
    if (validate(value) === true) return []
    return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
  }
}
