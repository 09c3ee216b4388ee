OfflineConversions.Benchmarks.Mapping.Run();
