using System.Buffers.Binary;
using System.Text;

namespace OfflineConversions.Server.Tests.Telemetry;

/// <summary>A message in Protocol Buffers' wire format, read without its schema: the fields by their numbers.</summary>
internal sealed class WireMessage
{
    private readonly List<(int Number, ulong Value, byte[] Bytes)> _fields = [];

    private WireMessage() { }

    public static WireMessage Parse(ReadOnlySpan<byte> bytes)
    {
        var message = new WireMessage();
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var (number, type) = ((int)(tag >> 3), (int)(tag & 7));
            var (value, content) = (0UL, Array.Empty<byte>());
            switch (type)
            {
                case 0:
                    value = Varint(ref bytes);
                    break;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                    bytes = bytes[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    content = bytes[..length].ToArray();
                    bytes = bytes[length..];
                    break;
                default:
                    value = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                    bytes = bytes[4..];
                    break;
            }

            message._fields.Add((number, value, content));
        }

        return message;
    }

    public IEnumerable<WireMessage> Messages(int number) => All(number).Select(field => Parse(field.Bytes));

    public string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    public string Hex(int number) => Convert.ToHexStringLower(Bytes(number));

    public ulong Number(int number) => All(number).Select(field => field.Value).FirstOrDefault();

    private byte[] Bytes(int number) => All(number).Select(field => field.Bytes).FirstOrDefault() ?? [];

    private IEnumerable<(int Number, ulong Value, byte[] Bytes)> All(int number) =>
        _fields.Where(field => field.Number == number);

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
