import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { devNull, tmpdir } from 'node:os'
import path from 'node:path'

/** Nothing of the git of whoever runs the tests. */
const GIT = {
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'acme',
  GIT_AUTHOR_EMAIL: 'acme@example.com',
  GIT_COMMITTER_NAME: 'acme',
  GIT_COMMITTER_EMAIL: 'acme@example.com',
}

/** What a release is made of, besides its version and its part of the changelog. */
const PARTS = ['.github', '.gitattributes', '.node-version', 'dist', 'docs', 'scripts']

/** A copy of this repository with a remote of its own, where releases can be tried. */
export class ReleaseRepository {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'release-'))
  readonly remote = path.join(this.folder, 'remote.git')
  readonly workTree = path.join(this.folder, 'work')

  constructor(parts: readonly string[] = PARTS) {
    for (const part of parts) {
      cpSync(part, path.join(this.workTree, part), { recursive: true })
    }
    this.git('init', '--quiet', '--initial-branch=main')
    this.git('init', '--quiet', '--bare', '--initial-branch=main', this.remote)
    this.git('remote', 'add', 'origin', this.remote)
  }

  /** Commits the sources of a version with its part of the changelog, pushes, and gives the SHA. */
  commit(version: string, changelog = `## ${version} - 2026-11-25\n\n### Added\n\n- A thing.\n`) {
    for (const file of ['package.json', 'package-lock.json']) {
      const manifest = JSON.parse(readFileSync(file, 'utf8'))
      manifest.version = version
      if (manifest.packages) manifest.packages[''].version = version
      this.write(file, JSON.stringify(manifest, null, 2))
    }
    this.write('CHANGELOG.md', `# Changelog\n\n## Unreleased\n\n${changelog}`)
    return this.commitAll(`Release ${version}`)
  }

  commitAll(message: string): string {
    this.git('add', '--all', '--force', '.')
    this.git('commit', '--quiet', '--message', message)
    this.git('push', '--quiet', 'origin', 'HEAD:main')
    return this.git('rev-parse', 'HEAD')
  }

  /** Tags the commit that is checked out, and pushes the tag. */
  tag(name: string, ...options: string[]): void {
    this.git('tag', ...options, name)
    this.git('push', '--quiet', '--force', 'origin', `refs/tags/${name}`)
  }

  write(file: string, text: string): void {
    mkdirSync(path.dirname(path.join(this.workTree, file)), { recursive: true })
    writeFileSync(path.join(this.workTree, file), text)
  }

  /** The commit that a tag of the remote stands for; undefined where there is none. */
  remoteTag(name: string): string | undefined {
    const { stdout } = this.run('git', '--git-dir', this.remote, 'rev-parse', `${name}^{commit}`)
    return /^[0-9a-f]{40}$/m.exec(stdout)?.[0]
  }

  git(...args: string[]): string {
    const { status, stdout, log } = this.run('git', ...args)
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${log}`)
    return stdout.trimEnd()
  }

  /** Runs one of the scripts as release.yml does. */
  script(name: string, ...args: string[]) {
    return this.run(process.execPath, path.join('scripts', name), ...args)
  }

  run(command: string, ...args: string[]): { status: number | null; stdout: string; log: string } {
    const { status, stdout, stderr } = spawnSync(command, args, {
      cwd: this.workTree,
      encoding: 'utf8',
      env: { ...process.env, ...GIT },
    })
    return { status, stdout, log: `${stdout}${stderr}` }
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, maxRetries: 5 })
  }
}
