// Command capillare runs a regional network of digital-help points. See the README.
package main

import (
	"os"

	"capillare/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
