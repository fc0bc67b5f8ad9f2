// SPDX-License-Identifier: Apache-2.0

// The first five minutes: builds what is needed, runs Bookinfo as a mesh on this machine, shifts a canary while you watch.
// dotnet run demo.cs [-- --check]
#:project src/Lateen.Cli
#:property PublishAot=false
#:property AssemblyName=lateen-demo
return await Lateen.Cli.CommandTable.RunAsync(["demo", .. args], Console.Out, Console.Error);
