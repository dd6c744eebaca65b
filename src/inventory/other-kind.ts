/**
 * Which other kind of Ansible's inventories a text is, as a sentence; null: none that is known. Asked only of a text that is no YAML
 * inventory: what is named here could be the beginning of one.
 */
export function otherKind(text: string): string | null {
  const lines = text.split('\n', MOST_LINES).map((line) => line.trimEnd());
  if (lines[0]?.startsWith('$ANSIBLE_VAULT;')) return 'The whole file is encrypted with Ansible Vault.';
  if (lines[0]?.startsWith('#!')) return 'This is a program that prints an inventory.';
  const first = lines.find((line) => line !== '' && !line.startsWith('#') && line !== '---') ?? '';
  if (/^plugin\s*:/.test(first)) return 'This is the configuration of an inventory plugin.';
  if (/^\{?\s*["']?_meta["']?\s*:/.test(first) || /^\s*"_meta"\s*:/m.test(text.slice(0, MOST_LINES * 10)))
    return 'This is what an inventory script prints.';
  if (first.startsWith(';') || lines.some((line) => INI_SECTION.test(line) || INI_HOST.test(line)))
    return "This is an inventory in Ansible's INI format.";
  return null;
}

const MOST_LINES = 1000;
/** `[web]`, `[web:vars]` */
const INI_SECTION = /^\[[^[\]{},"']+\]\s*(?:[#;].*)?$/;
/** `web1 ansible_host=192.0.2.1` */
const INI_HOST = /^[^\s:=#]\S*\s+[a-z]\w*=\S/;
