using System.Security.Cryptography;

namespace OfflineConversions.Fuzzing;

/// <summary>
/// Reduces the input of a finding and writes it to a file. After the fix, the file becomes part of the corpus.
/// </summary>
internal static class Findings
{
    private const int MostTries = 3_000;

    /// <summary>Writes the smallest input that still shows the defect, and returns the path.</summary>
    public static string Write(Target target, Finding finding)
    {
        var input = Shrink(target, finding);
        var folder = Directory
            .CreateDirectory(Path.Combine(Path.GetTempPath(), "fuzzing-findings", target.Name))
            .FullName;
        var file = Path.Combine(folder, $"{Convert.ToHexStringLower(SHA256.HashData(input))[..12]}.bin");
        File.WriteAllBytes(file, input);
        return file;
    }

    /// <summary>Leaves out smaller and smaller pieces as long as the input still shows the defect.</summary>
    public static byte[] Shrink(Target target, Finding finding)
    {
        var (input, tries) = (finding.Input, target.Executions / 100);
        tries = Math.Min(tries, MostTries);
        for (var piece = input.Length / 2; piece > 0 && tries > 0; piece /= 2)
        {
            for (var at = 0; at + piece <= input.Length && tries > 0; tries--)
            {
                byte[] shorter = [.. input.AsSpan(0, at), .. input.AsSpan(at + piece)];
                if (Execution.Problem(target, shorter) == finding.Problem)
                {
                    input = shorter;
                }
                else
                {
                    at += piece;
                }
            }
        }

        return input;
    }
}
