// The examples a person copies, for the address this page was loaded from. Pure.

export type Language = 'curl' | 'python' | 'javascript'

/** `key` is shown only where it is no secret: the local key, or a placeholder. */
export function snippet(language: Language, base: string, key: string): string {
  switch (language) {
    case 'curl':
      return [
        `curl -N ${base}/chat/completions \\`,
        `  -H 'authorization: Bearer ${key}' \\`,
        `  -H 'content-type: application/json' \\`,
        `  -d '{"model":"auto","stream":true,"messages":`,
        `       [{"role":"user","content":"Hello!"}]}'`,
      ].join('\n')
    case 'python':
      return [
        'from openai import OpenAI',
        '',
        'client = OpenAI(',
        `    base_url="${base}",`,
        `    api_key="${key}",`,
        ')',
        'reply = client.chat.completions.create(',
        '    model="auto",',
        '    messages=[{"role": "user", "content": "Hello!"}],',
        ')',
        'print(reply.choices[0].message.content)',
      ].join('\n')
    case 'javascript':
      return [
        "import OpenAI from 'openai'",
        '',
        'const client = new OpenAI({',
        `  baseURL: '${base}',`,
        `  apiKey: '${key}',`,
        '})',
        'const reply = await client.chat.completions.create({',
        "  model: 'auto',",
        "  messages: [{ role: 'user', content: 'Hello!' }],",
        '})',
        'console.log(reply.choices[0].message.content)',
      ].join('\n')
  }
}

/** The local key exists only where nobody else can call. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
