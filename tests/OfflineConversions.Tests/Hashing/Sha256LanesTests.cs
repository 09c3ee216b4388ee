using System.Security.Cryptography;
using OfflineConversions.Hashing;

namespace OfflineConversions.Tests.Hashing;

public sealed class Sha256LanesTests
{
    [Fact]
    public void Every_length_in_every_lane_agrees_with_the_framework()
    {
        var lanes = new Sha256Lanes();
        var random = new Random(20261128);
        for (var run = 0; run < 500; run++)
        {
            var messages = Enumerable
                .Range(0, random.Next(1, Sha256Lanes.MostMessages + 1))
                .Select(lane => (run + (lane * 7)) % (Sha256Lanes.MostBytes + 1))
                .Select(length => random.GetItems<byte>(AllBytes, length))
                .ToList();
            messages.ForEach(message => lanes.Add(message));
            lanes.Run();
            for (var lane = 0; lane < messages.Count; lane++)
            {
                var hash = new byte[SHA256.HashSizeInBytes];
                lanes.CopyHash(lane, hash);
                hash.Should().Equal(SHA256.HashData(messages[lane]));
            }
        }
    }

    private static readonly byte[] AllBytes = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
}
