// SPDX-License-Identifier: Apache-2.0
namespace ControlPlane.Tests.Config.Oracle;

/// <summary>The declaration files of packages, and how they refer to each other.</summary>
/// <param name="packages">Package → its files.</param>
internal sealed class Declarations(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> packages)
{
    private readonly Dictionary<string, (OracleType? Type, IReadOnlyDictionary<string, string> Imports)> _parsed = [];

    /// <summary>The type that a file declares: <c>package/path</c> without its ending.</summary>
    public OracleType? Find(string file) => Parsed(file).Type;

    /// <summary>What a type stands for.</summary>
    /// <param name="file">Where it is mentioned.</param>
    /// <param name="at">Where what it stands for is declared.</param>
    public OracleType Resolve(OracleType type, string file, out string at)
    {
        at = file;
        for (var depth = 0; type is OracleReference reference && depth < 10; depth++)
        {
            if (!Parsed(at).Imports.TryGetValue(reference.Name, out var module))
                return new OracleAny();
            at = Locate(module, at);
            type = Parsed(at).Type ?? new OracleAny();
        }
        return type;
    }

    private static string Locate(string module, string from)
    {
        if (module.EndsWith(".js", StringComparison.Ordinal))
            module = module[..^".js".Length];
        if (!module.StartsWith('.'))
            return module;
        var path = Path.GetFullPath(Path.Combine("/", Path.GetDirectoryName(from)!, module));
        return path[1..];
    }

    private (OracleType? Type, IReadOnlyDictionary<string, string> Imports) Parsed(string file)
    {
        if (_parsed.TryGetValue(file, out var known))
            return known;
        var text = TextOf(file);
        return _parsed[file] = text is null
            ? (null, new Dictionary<string, string>())
            : (DeclarationParser.Parse(text), DeclarationParser.Imports(text));
    }

    private string? TextOf(string file)
    {
        foreach (var (package, files) in packages)
        {
            if (file.StartsWith($"{package}/", StringComparison.Ordinal))
                return files.GetValueOrDefault($"{file[(package.Length + 1)..]}.d.ts");
        }
        return null;
    }
}
