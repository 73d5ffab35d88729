import { saveKey } from "../../lib/browser/recovery_key.ts";
import { groupsOf } from "../../lib/encryption/recovery.ts";
import { t } from "../../lib/i18n/t.ts";
import { CopyButton } from "../chat/CopyButton.tsx";
import { Icon } from "../Icon.tsx";

/** The recovery key, shown once, with ways to keep it. */
export function KeySheet(props: { secret: string; userName: string; serverName: string }) {
  const { secret } = props;
  return (
    <div class="key-sheet">
      <p class="only-print strong">{props.userName}@{props.serverName}</p>
      <ol class="key-groups mono" aria-label={t("e2ee.key.label")}>
        {groupsOf(secret).map((group, at) => <li key={at}>{group}</li>)}
      </ol>
      <div class="row-tight wrap no-print">
        <CopyButton text={secret} label={t("e2ee.key.copy")} />
        <button type="button" class="button" onClick={() => saveKey(props)}>
          <Icon name="download" small /> <span>{t("e2ee.key.download")}</span>
        </button>
        <button type="button" class="button" onClick={() => print()}>
          <Icon name="file" small /> <span>{t("e2ee.key.print")}</span>
        </button>
      </div>
    </div>
  );
}
