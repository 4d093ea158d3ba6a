// The GPU adapter as the browser names it: wgpu, in the training program, can't see its name. Asked again
// for each opening, for after a loss it may be another.
import { GPU_PATIENCE } from './protocol';

/// Just what is used of WebGPU.
export type AdapterText = {
  vendor?: string;
  architecture?: string;
  description?: string;
  device?: string;
  isFallbackAdapter?: boolean;
};
export type Gpu = { requestAdapter(options?: object): Promise<{ info: AdapterText } | null> };

/// What the training program reads of it.
export type Adapter = {
  /// Empty if the browser keeps it to itself, or where there is none.
  name: string;
  /// Whether it is a program on the CPU.
  is_software: boolean;
  /// For how many seconds it was waited for in vain.
  silent: number | null;
};

/// Seconds before an adapter is asked for again where there was none: a GPU process that crashed comes back.
const PAUSE = 0.5;

export const rest = (seconds: number) => new Promise<void>((resolve) => setTimeout(resolve, seconds * 1000));

const none: Adapter = { name: '', is_software: false, silent: null };

export async function adapterOf(gpu: Gpu | undefined, pass = rest): Promise<Adapter> {
  if (!gpu) return none;
  const silence = Symbol('silence');
  const asked = async () => {
    const late = pass(GPU_PATIENCE).then(() => silence);
    const answer = gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
    return (await Promise.race([answer, late])) as { info: AdapterText } | null | typeof silence;
  };
  let found = await asked();
  if (found === null) {
    await pass(PAUSE);
    found = await asked();
  }
  if (typeof found === 'symbol') return { ...none, silent: GPU_PATIENCE };
  const info = found?.info;
  if (!info) return none;
  const words = [info.vendor, info.architecture, info.description || info.device];
  const name = words.filter(Boolean).join(' ').trim();
  return {
    name,
    is_software: info.isFallbackAdapter === true || /swiftshader|llvmpipe/i.test(name),
    silent: null,
  };
}
