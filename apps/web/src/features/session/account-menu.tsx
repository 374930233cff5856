import type { Person } from '@cahier/protocol';
import { LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { api } from '../../api/client.ts';
import { tellSessionChanged } from '../../api/session-news.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Menu, MenuChoice, MenuItem, MenuSeparator } from '../../ui/menu.tsx';
import { useAppearance } from '../../ui/theme.ts';
import { toast } from '../../ui/toasts.tsx';

const appearances = [
  {
    value: 'system',
    label: (
      <>
        <Monitor aria-hidden />
        As the system
      </>
    ),
  },
  {
    value: 'light',
    label: (
      <>
        <Sun aria-hidden />
        Light
      </>
    ),
  },
  {
    value: 'dark',
    label: (
      <>
        <Moon aria-hidden />
        Dark
      </>
    ),
  },
] as const;

/** Who I am, how it looks, and the way out. */
export function AccountMenu({ user }: { user: Person }) {
  const [appearance, setAppearance] = useAppearance();
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Account: ${user.name}`}
          className="inline-flex size-11 items-center justify-center rounded-full"
        >
          <Avatar person={user} />
        </button>
      }
    >
      <div className="px-3 pt-2 pb-1">
        <div className="font-medium text-sm">{user.name}</div>
        <div className="text-soft text-xs">{user.email}</div>
      </div>
      <MenuSeparator />
      <MenuChoice label="Appearance" value={appearance} onChange={setAppearance} options={appearances} />
      <MenuSeparator />
      <MenuItem onSelect={logOut}>
        <LogOut aria-hidden />
        Log out
      </MenuItem>
    </Menu>
  );
}

async function logOut(): Promise<void> {
  try {
    await api.deleteSession({});
  } catch {
    toast('The server cannot be reached: you are still logged in.');
    return;
  }
  tellSessionChanged();
  // A new page: nothing of this person stays in memory.
  window.location.assign('/login');
}
