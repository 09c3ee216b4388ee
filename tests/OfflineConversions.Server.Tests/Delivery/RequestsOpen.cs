namespace OfflineConversions.Server.Tests.Delivery;

/// <summary>Counts the requests to Meta that have no response yet.</summary>
internal sealed class RequestsOpen
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public DelegatingHandler Handler() => new Counting(this);

    private sealed class Counting(RequestsOpen open) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            Interlocked.Increment(ref open._count);
            try
            {
                return await base.SendAsync(request, cancellationToken);
            }
            finally
            {
                Interlocked.Decrement(ref open._count);
            }
        }
    }
}
