using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OfflineConversions.Fuzzing.PowerCut;

/// <summary>
/// Records what SQLite does to the files of one folder. It is a layer between SQLite and the file system (a VFS): every
/// call goes on to SQLite's own, and the calls that change a file are noted. Source: SQLite, "The SQLite OS Interface
/// or VFS". One recorder at a time; connections must be closed before it is disposed of.
/// </summary>
internal sealed unsafe class WriteRecorder : IDisposable
{
    private const string Library = "e_sqlite3";
    private static readonly Lock Gate = new();
    private static readonly ConcurrentDictionary<nint, OpenFile> Files = new();
    private static readonly Dictionary<nint, nint> Methods = [];
    private static WriteRecorder? _current;
    private static Vfs* _original;
    private static Vfs* _recording;

    private readonly string _folder;
    private readonly List<DiskWrite> _writes = [];

    /// <summary>Begins to record.</summary>
    /// <param name="folder">The folder whose files are recorded.</param>
    public WriteRecorder(string folder)
    {
        _folder = folder + Path.DirectorySeparatorChar;
        SQLitePCL.Batteries_V2.Init();
        lock (Gate)
        {
            if (_current is not null)
            {
                throw new InvalidOperationException("Another recorder is active.");
            }

            _current = this;
            _original = _original == null ? Find(null) : _original;
            _recording = _recording == null ? Create() : _recording;
            _ = Register(_recording, makeDefault: 1);
        }
    }

    /// <summary>How many changes were recorded so far.</summary>
    public int Count
    {
        get
        {
            lock (Gate)
            {
                return _writes.Count;
            }
        }
    }

    /// <summary>What was recorded.</summary>
    public IReadOnlyList<DiskWrite> Writes => _writes;

    public void Dispose()
    {
        lock (Gate)
        {
            _ = Register(_original, makeDefault: 1);
            _current = null;
        }
    }

    private static Vfs* Create()
    {
        var vfs = (Vfs*)NativeMemory.Alloc((nuint)sizeof(Vfs));
        *vfs = *_original;
        vfs->Name = Marshal.StringToCoTaskMemUTF8("recording");
        vfs->Open = &Open;
        vfs->Delete = &Delete;
        return vfs;
    }

    private static void Note(DiskWrite write)
    {
        lock (Gate)
        {
            _current?._writes.Add(write);
        }
    }

    private static string? NameOf(byte* path) =>
        Marshal.PtrToStringUTF8((nint)path) is { } text
        && _current is { } current
        && text.StartsWith(current._folder, StringComparison.Ordinal)
            ? text[current._folder.Length..]
            : null;

    /// <summary>SQLite's own functions for a file, with those replaced that change it.</summary>
    private static nint Recording(nint original)
    {
        lock (Gate)
        {
            if (!Methods.TryGetValue(original, out var recording))
            {
                var methods = (IoMethods*)NativeMemory.Alloc((nuint)sizeof(IoMethods));
                *methods = *(IoMethods*)original;
                methods->Close = &Close;
                methods->Write = &Write;
                methods->Truncate = &Truncate;
                methods->Sync = &Sync;
                Methods[original] = recording = (nint)methods;
            }

            return recording;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* path, nint* file, int flags, int* outFlags)
    {
        var result = _original->Open(_original, path, file, flags, outFlags);
        if (result == 0 && *file != 0 && NameOf(path) is { } name)
        {
            Files[(nint)file] = new OpenFile(name, *file);
            *file = Recording(*file);
        }

        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(Vfs* vfs, byte* path, int syncFolder)
    {
        var result = _original->Delete(_original, path, syncFolder);
        if (result == 0 && NameOf(path) is { } name)
        {
            Note(new DiskWrite(name, DiskWriteKind.Delete));
        }

        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Close(nint* file)
    {
        Files.TryRemove((nint)file, out var open);
        *file = open!.Methods;
        return ((IoMethods*)open.Methods)->Close(file);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Write(nint* file, byte* bytes, int length, long offset)
    {
        var open = Files[(nint)file];
        var result = ((IoMethods*)open.Methods)->Write(file, bytes, length, offset);
        if (result == 0)
        {
            var written = new Span<byte>(bytes, length).ToArray();
            Note(new DiskWrite(open.Name, DiskWriteKind.Write, offset, written));
        }

        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Truncate(nint* file, long length)
    {
        var open = Files[(nint)file];
        var result = ((IoMethods*)open.Methods)->Truncate(file, length);
        if (result == 0)
        {
            Note(new DiskWrite(open.Name, DiskWriteKind.Truncate, length));
        }

        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Sync(nint* file, int flags)
    {
        var open = Files[(nint)file];
        var result = ((IoMethods*)open.Methods)->Sync(file, flags);
        if (result == 0)
        {
            Note(new DiskWrite(open.Name, DiskWriteKind.Sync));
        }

        return result;
    }

    [DllImport(Library, EntryPoint = "sqlite3_vfs_find", CallingConvention = CallingConvention.Cdecl)]
    private static extern Vfs* Find(byte* name);

    [DllImport(Library, EntryPoint = "sqlite3_vfs_register", CallingConvention = CallingConvention.Cdecl)]
    private static extern int Register(Vfs* vfs, int makeDefault);

    /// <summary>A file that is recorded, and SQLite's own functions for it.</summary>
    private sealed record OpenFile(string Name, nint Methods);

    /// <summary><c>sqlite3_vfs</c>. Only what is replaced has a name.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int LongestPath;
        public nint Next;
        public nint Name;
        public nint Data;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, nint*, int, int*, int> Open;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int> Delete;
        public Rest Others;

        [InlineArray(14)]
        public struct Rest
        {
            public nint First;
        }
    }

    /// <summary><c>sqlite3_io_methods</c>. Only what is replaced has a name.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct IoMethods
    {
        public int Version;
        public delegate* unmanaged[Cdecl]<nint*, int> Close;
        public nint Read;
        public delegate* unmanaged[Cdecl]<nint*, byte*, int, long, int> Write;
        public delegate* unmanaged[Cdecl]<nint*, long, int> Truncate;
        public delegate* unmanaged[Cdecl]<nint*, int, int> Sync;
        public Rest Others;

        [InlineArray(13)]
        public struct Rest
        {
            public nint First;
        }
    }
}
