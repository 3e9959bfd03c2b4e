/** What is deployed: the image, compose.yaml and the Kubernetes manifests, held to their schemas and to our settings. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { test } from "node:test";
import { validate } from "dockerfile-utils";
import { Deployment } from "kubernetes-models/apps/v1";
import { Ingress, NetworkPolicy } from "kubernetes-models/networking.k8s.io/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Namespace, Service } from "kubernetes-models/v1";
import ts from "typescript";
import { parse, parseAllDocuments } from "yaml";
import { SETTINGS } from "../src/settings.ts";

const root = join(import.meta.dirname, "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

/** The check of each kind by Kubernetes' own schema. It lets unknown fields pass; see `misspelt`. */
const KINDS: Record<string, new (data: never) => { validate(): void }> = {
  ConfigMap,
  Deployment,
  Ingress,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  Service,
};

/** What the compiler says of each manifest as a literal of its kind's type: fields that Kubernetes doesn't know. */
function misspelt(all: readonly Manifest[]): string[] {
  const file = join(import.meta.dirname, "manifests.ts");
  const source = all
    .map((manifest, i) => {
      const type = `import("kubernetes-models/${manifest.apiVersion}").I${manifest.kind}`;
      return `export const m${i}: ${type} = ${JSON.stringify(manifest)};`;
    })
    .join("\n");
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const readFile = host.readFile.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.readFile = (path) => (path === file ? source : readFile(path));
  host.fileExists = (path) => path === file || ts.sys.fileExists(path);
  host.getSourceFile = (path, target) =>
    path === file ? ts.createSourceFile(path, source, target) : getSourceFile(path, target);
  const program = ts.createProgram([file], options, host);
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
}

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  spec?: { template?: { spec: Pod } };
}
interface Pod {
  securityContext: Record<string, unknown>;
  automountServiceAccountToken: boolean;
  volumes: { name: string }[];
  containers: Container[];
}
interface Container {
  args: string[];
  env?: { name: string; value?: string }[];
  resources: { limits?: Record<string, string>; requests?: Record<string, string> };
  securityContext: Record<string, unknown>;
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
  startupProbe?: { periodSeconds: number; failureThreshold: number };
  livenessProbe?: object;
  readinessProbe?: object;
}

const FOLDER = "deploy/kubernetes";
const files = globSync("*.yaml", { cwd: join(root, FOLDER) }).sort();
const kustomization = parse(read(`${FOLDER}/kustomization.yaml`)) as { resources: string[] };
const manifests = kustomization.resources.flatMap((file) =>
  parseAllDocuments(read(`${FOLDER}/${file}`)).map((document) => document.toJS() as Manifest),
);
const pods = manifests.flatMap(({ metadata, spec }) =>
  spec?.template ? [{ name: metadata.name, pod: spec.template.spec }] : [],
);

test("every manifest is applied", () => {
  assert.deepEqual([...kustomization.resources, "kustomization.yaml"].sort(), files);
});

for (const manifest of manifests) {
  const { kind, metadata } = manifest;
  test(`${kind} ${metadata.name} keeps Kubernetes' schema, in the namespace glasshouse`, () => {
    const Kind = KINDS[kind];
    assert.ok(Kind, `${kind} has its schema here`);
    new Kind(manifest as never).validate();
    assert.equal(kind === "Namespace" ? metadata.name : metadata.namespace, "glasshouse");
  });
}

test("the server's data directory is a folder of its own within its volume, which belongs to root", () => {
  const [{ env, volumeMounts }] = pods.find(({ name }) => name === "glasshouse-server")!.pod.containers as [
    Container,
  ];
  const folder = env!.find(({ name }) => name === "GLASSHOUSE_DATA_DIR")?.value;
  assert.ok(volumeMounts.some(({ mountPath }) => folder?.startsWith(`${mountPath}/`)));
});

test("no field of a manifest is one that Kubernetes doesn't know", () => {
  assert.deepEqual(misspelt(manifests), []);
  const wrong = structuredClone(manifests.find(({ kind }) => kind === "Deployment")!);
  Object.assign(wrong.spec!.template!.spec, { securitycontext: {} });
  const says = misspelt([wrong]);
  assert.equal(says.length, 1);
  assert.match(says[0]!, /securitycontext.* does not exist/);
});

for (const { name, pod } of pods) {
  test(`${name} runs without rights, on a read-only file system, within limits`, () => {
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.equal(pod.automountServiceAccountToken, false);
    assert.deepEqual(pod.securityContext.seccompProfile, { type: "RuntimeDefault" });
    for (const container of pod.containers) {
      assert.deepEqual(container.securityContext, {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      assert.ok(container.resources.limits?.memory && container.resources.requests?.cpu);
      assert.ok(container.livenessProbe && container.readinessProbe);
      const { periodSeconds, failureThreshold } = container.startupProbe!;
      assert.ok(periodSeconds * failureThreshold >= 3_600, "an upgrade isn't killed, over and over");
      const written = container.volumeMounts.filter(({ readOnly }) => !readOnly);
      assert.deepEqual(written.map(({ mountPath }) => mountPath).sort(), ["/data", "/tmp"]);
      assert.ok(pod.volumes.every(({ name }) => container.volumeMounts.some((mount) => mount.name === name)));
    }
  });
}

const compose = parse(read("compose.yaml"), { merge: true }) as {
  services: Record<string, { environment?: Record<string, string>; command?: string[] }>;
};

test("every setting that is deployed is one of ours", () => {
  const known = SETTINGS.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name]));
  const named = [
    ...manifests.flatMap(({ data }) => Object.keys(data ?? {})),
    ...pods.flatMap(({ pod }) => pod.containers.flatMap(({ env = [] }) => env.map((each) => each.name))),
    ...Object.values(compose.services).flatMap(({ environment = {} }) => Object.keys(environment)),
    ...read("Dockerfile").match(/GLASSHOUSE_\w+/g)!,
  ].filter((name) => name.startsWith("GLASSHOUSE_"));
  assert.deepEqual(
    named.filter((name) => !known.includes(name)),
    [],
  );
  assert.ok(named.includes("GLASSHOUSE_DATABASE_URL_FILE"), "the database's password stands in a file");
});

test("every command that is deployed is one of ours", () => {
  const commands = [
    ...pods.flatMap(({ pod }) => pod.containers.map(({ args }) => args)),
    ...Object.values(compose.services).flatMap(({ command }) => (command ? [command] : [])),
  ];
  for (const [command, ...options] of commands) {
    const { stdout } = spawnSync(process.execPath, ["src/main.ts", command!, "--help"], {
      cwd: root,
      encoding: "utf8",
    });
    assert.match(stdout, new RegExp(`^Usage: glasshouse ${command} `, "m"));
    for (const option of options) assert.ok(stdout.includes(option), `${command} ${option}`);
  }
});

test("compose.yaml has no error by its linter", () => {
  const bin = join(root, "node_modules/dclint/bin/dclint.cjs");
  const run = spawnSync(process.execPath, [bin, "--quiet", "compose.yaml"], { cwd: root, encoding: "utf8" });
  assert.equal(run.status, 0, run.stdout + run.stderr);
});

test("Dockerfile has nothing that its linter marks, and ends as a user without rights", () => {
  const dockerfile = read("Dockerfile");
  assert.deepEqual(validate(dockerfile), []);
  const [, volume] = /^VOLUME (\S+)$/m.exec(dockerfile)!;
  assert.ok(
    dockerfile.includes(`SQLITE_TMPDIR=${volume}\n`),
    "temporary files lie on the volume, not in memory",
  );
  const users = dockerfile.match(/^USER .*$/gm)!;
  assert.match(users.at(-1)!, /^USER [1-9]\d+:[1-9]\d+$/);
  for (const script of dockerfile.match(/bin\/\w+\.mjs/g)!) {
    assert.ok(
      globSync("bin/*.mjs", { cwd: root }).some((path) => basename(path) === basename(script)),
      script,
    );
  }
});
