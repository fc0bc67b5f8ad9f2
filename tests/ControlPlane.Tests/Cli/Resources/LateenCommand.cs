// SPDX-License-Identifier: Apache-2.0
using Lateen.Cli;

namespace ControlPlane.Tests.Cli.Resources;

/// <summary>The command line in this process, told where an API is, with files of its own.</summary>
internal sealed class LateenCommand(Uri server) : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lateen-cli");

    public Dictionary<string, string> Variables { get; } = new() { [ServerVariable] = server.ToString() };

    private const string ServerVariable = "LATEEN_SERVER";

    /// <summary>A file that commands can name.</summary>
    public string Write(string name, string content)
    {
        var path = Path.Combine(_home.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return path;
    }

    public string PathOf(string name) => Path.Combine(_home.FullName, name);

    /// <summary>Runs a command that must succeed; returns what it printed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        var ran = await TryAsync(null, arguments);
        Assert.True(ran.Code == 0, $"lateen {string.Join(' ', arguments)}: {ran.Code}\n{ran.Output}\n{ran.Errors}");
        return ran.Output;
    }

    /// <summary>Runs a command with standard input, succeed or not.</summary>
    public async Task<Ran> TryAsync(string? input, params string[] arguments)
    {
        var (output, errors) = (new StringWriter(), new StringWriter());
        return new Ran(await StartAsync(output, errors, input, arguments), $"{output}", $"{errors}");
    }

    public Task<int> StartAsync(TextWriter output, TextWriter errors, string? input, params string[] arguments) =>
        CommandTable.RunAsync(
            arguments,
            new CommandConsole
            {
                Output = output,
                Error = errors,
                Input = new StringReader(input ?? ""),
                Variable = Variables.GetValueOrDefault,
            }
        );

    public void Dispose() => _home.Delete(recursive: true);
}

/// <summary>How a command ended.</summary>
internal sealed record Ran(int Code, string Output, string Errors);
