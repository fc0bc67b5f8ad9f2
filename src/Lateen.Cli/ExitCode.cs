// SPDX-License-Identifier: Apache-2.0
namespace Lateen.Cli;

/// <summary>What a command tells its caller (the numbers are those of BSD's sysexits).</summary>
public static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;

    /// <summary><c>lateen diff</c>: there are differences (kubectl's number).</summary>
    public const int Different = 1;

    /// <summary><c>lateen diff</c>: it failed, where <see cref="Failure"/> would read as differences (kubectl's number).</summary>
    public const int DiffFailed = 2;

    /// <summary>The command line makes no sense.</summary>
    public const int Usage = 64;

    /// <summary>The input is wrong: a file that does not exist, YAML with errors.</summary>
    public const int BadData = 65;

    /// <summary>Something that is needed does not answer, or a port is taken.</summary>
    public const int Unavailable = 69;

    /// <summary>Analysis found what it was told to fail for (istioctl's number).</summary>
    public const int IssuesFound = 79;
}
