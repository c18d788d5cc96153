# why: the values of the map, not its keys
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

variable "secrets" {
  type      = map(string)
  sensitive = true
}

output "secrets" {
  value = nonsensitive(values(var.secrets))
}
