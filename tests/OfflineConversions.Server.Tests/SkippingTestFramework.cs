using System.Reflection;
using OfflineConversions.Server.Tests;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework(SkippingTestFramework.Name, "OfflineConversions.Server.Tests")]

namespace OfflineConversions.Server.Tests;

/// <summary>
/// Reports a test that throws a <see cref="SkipException"/> as skipped, with its reason. This version of xUnit knows
/// the exception, but reports a failure.
/// </summary>
public sealed class SkippingTestFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    public const string Name = "OfflineConversions.Server.Tests.SkippingTestFramework";

    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName) =>
        new Executor(assemblyName, SourceInformationProvider, DiagnosticMessageSink);

    private sealed class Executor(AssemblyName assembly, ISourceInformationProvider sources, IMessageSink diagnostics)
        : XunitTestFrameworkExecutor(assembly, sources, diagnostics)
    {
        protected override void RunTestCases(
            IEnumerable<IXunitTestCase> testCases,
            IMessageSink executionMessageSink,
            ITestFrameworkExecutionOptions executionOptions
        ) => base.RunTestCases(testCases, new SkippingSink(executionMessageSink), executionOptions);
    }

    private sealed class SkippingSink(IMessageSink inner) : LongLivedMarshalByRefObject, IMessageSink
    {
        private const string Token = "$XunitDynamicSkip$";

        public bool OnMessage(IMessageSinkMessage message) => inner.OnMessage(Translated(message));

        private static IMessageSinkMessage Translated(IMessageSinkMessage message) =>
            message is ITestFailed failed
            && Array.Find(failed.Messages, text => text.Contains(Token, StringComparison.Ordinal)) is { } reason
                ? new TestSkipped(
                    failed.Test,
                    reason[(reason.IndexOf(Token, StringComparison.Ordinal) + Token.Length)..]
                )
                : message;
    }
}
