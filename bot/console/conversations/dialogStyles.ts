import { css } from 'lit';

/** The look of dialogs. */
export const dialogStyles = css`
  dialog {
    padding: var(--spacingHorizontalXXL);
    border: 0;
    border-radius: var(--borderRadiusXLarge);
    background: var(--colorNeutralBackground1);
    color: var(--colorNeutralForeground1);
    box-shadow: var(--shadow64);
  }

  dialog::backdrop {
    background: var(--colorBackgroundOverlay);
  }

  dialog .acts {
    display: flex;
    justify-content: flex-end;
    gap: var(--spacingHorizontalS);
    margin-block-start: var(--spacingVerticalM);
  }
`;
