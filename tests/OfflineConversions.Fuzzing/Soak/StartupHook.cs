/// <summary>
/// Runs in the service's own process during a soak, and measures its heap after a full collection, whenever a file asks
/// for it. The runtime requires this name and no namespace.
/// </summary>
#pragma warning disable CA1050, MA0047 // types belong in namespaces
internal static class StartupHook
#pragma warning restore CA1050, MA0047
{
    /// <summary>The file in the folder of the process that asks for a measurement; deleted once it is done.</summary>
    public const string Request = "measure-heap";

    /// <summary>The file with the bytes of the heap.</summary>
    public const string Heap = "heap-bytes";

    public static void Initialize() => new Thread(Measure) { IsBackground = true }.Start();

    private static void Measure()
    {
        while (true)
        {
            if (File.Exists(Request))
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                GC.Collect();
                File.WriteAllText(Heap, $"{GC.GetTotalMemory(forceFullCollection: false)}");
                File.Delete(Request);
            }

            Thread.Sleep(20);
        }
    }
}
