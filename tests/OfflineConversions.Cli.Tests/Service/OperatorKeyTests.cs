using OfflineConversions.Cli.Service;

namespace OfflineConversions.Cli.Tests.Service;

public sealed class OperatorKeyTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void The_key_comes_from_the_file_of_the_option_then_from_the_variable_then_from_the_file_of_a_variable()
    {
        File.WriteAllText(_file, "from-file\n");
        var both = Variables((OperatorKey.Variable, "from-variable"), (OperatorKey.FileVariable, _file));

        OperatorKey.Read(_file, both).Value.Should().Be("from-file");
        OperatorKey.Read(null, both).Value.Should().Be("from-variable");
        OperatorKey.Read(null, Variables((OperatorKey.FileVariable, _file))).Value.Should().Be("from-file");
        OperatorKey.Read(null, _ => null).Should().Be(new Result<string?>(null, null));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n")]
    [InlineData("top secret")]
    [InlineData("sécret")]
    public void A_file_without_a_usable_key_is_refused_without_showing_it(string content)
    {
        File.WriteAllText(_file, content);

        var failure = OperatorKey.Read(_file, _ => null).Failure!;

        failure.Code.Should().Be(ExitCode.Usage);
        $"{failure.Message} {failure.Advice}".Should().Contain(_file).And.NotContain("cret");
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        OperatorKey.Read("no-such-file", _ => null).Failure!.Message.Should().Contain("no-such-file");

    [Theory]
    [InlineData("--key")]
    [InlineData("--api-key")]
    public async Task No_option_takes_the_key_itself_because_arguments_end_up_in_histories(string option) =>
        (await CliRun.OfAsync(new Dictionary<string, string>(), "connections", option, "k3y"))
            .Code.Should()
            .Be(ExitCode.Usage);

    private static Func<string, string?> Variables(params (string Name, string Value)[] set) =>
        name => set.FirstOrDefault(one => one.Name == name).Value;
}
